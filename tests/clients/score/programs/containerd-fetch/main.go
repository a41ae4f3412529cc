// Fetches an image with the resolver of containerd 1: `containerd-fetch HOST:PORT/NAME:TAG USERNAME PASSWORD`.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/containerd/containerd/remotes"
	"github.com/containerd/containerd/remotes/docker"
	"github.com/opencontainers/image-spec/specs-go/v1"
)

func main() {
	if len(os.Args) != 4 {
		version()
		return
	}
	if err := fetch(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fetch(ctx context.Context, reference, username, password string) error {
	// As ctr of both versions does, word for word: it expects to be asked about one host only.
	credentials := func(string) (string, string, error) { return username, password, nil }
	resolver := docker.NewResolver(docker.ResolverOptions{PlainHTTP: true, Credentials: credentials})
	name, root, err := resolver.Resolve(ctx, reference)
	if err != nil {
		return err
	}
	fetcher, err := resolver.Fetcher(ctx, name)
	if err != nil {
		return err
	}
	bytes, err := read(ctx, fetcher, root)
	if err != nil {
		return err
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(bytes, &manifest); err != nil {
		return err
	}
	for _, part := range append(manifest.Layers, manifest.Config) {
		if _, err := read(ctx, fetcher, part); err != nil {
			return err
		}
	}
	return nil
}

func read(ctx context.Context, fetcher remotes.Fetcher, descriptor v1.Descriptor) ([]byte, error) {
	content, err := fetcher.Fetch(ctx, descriptor)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(content)
}

func version() {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/containerd/containerd" {
			fmt.Println(module.Version)
		}
	}
}
