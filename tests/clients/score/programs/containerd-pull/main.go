// Pulls an image into a content store with the packages by which containerd pulls: `containerd-pull HOST:PORT/NAME:TAG FOLDER`.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/opencontainers/go-digest"
)

func main() {
	if len(os.Args) != 3 {
		version()
		return
	}
	if err := pull(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func pull(ctx context.Context, reference, folder string) error {
	// Children are labelled for the garbage collector of containerd's metadata store, which needs labels.
	store, err := local.NewLabeledStore(folder, &labels{all: map[digest.Digest]map[string]string{}})
	if err != nil {
		return err
	}
	registries := docker.ConfigureDefaultRegistries(docker.WithPlainHTTP(docker.MatchAllHosts))
	resolver := docker.NewResolver(docker.ResolverOptions{Hosts: registries})
	name, root, err := resolver.Resolve(ctx, reference)
	if err != nil {
		return err
	}
	fetcher, err := resolver.Fetcher(ctx, name)
	if err != nil {
		return err
	}
	children := images.SetChildrenMappedLabels(store, images.ChildrenHandler(store), images.ChildGCLabels)
	return images.Dispatch(ctx, images.Handlers(remotes.FetchHandler(store, fetcher), children), nil, root)
}

func version() {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/containerd/containerd/v2" {
			fmt.Println(module.Version)
		}
	}
}
