package main

import (
	"maps"
	"sync"

	"github.com/opencontainers/go-digest"
)

// Labels in memory: nothing reads them after the pull. Blobs are fetched at the same time, so there is a lock.
type labels struct {
	lock sync.Mutex
	all  map[digest.Digest]map[string]string
}

func (l *labels) Get(content digest.Digest) (map[string]string, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return maps.Clone(l.all[content]), nil
}

func (l *labels) Set(content digest.Digest, all map[string]string) error {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.all[content] = all
	return nil
}

func (l *labels) Update(content digest.Digest, changed map[string]string) (map[string]string, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.all[content] == nil {
		l.all[content] = map[string]string{}
	}
	maps.Copy(l.all[content], changed)
	return maps.Clone(l.all[content]), nil
}
