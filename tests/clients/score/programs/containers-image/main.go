// Copies an image between two transports with containers/image, as skopeo does: `containers-image SOURCE DESTINATION`.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/signature"
	"github.com/containers/image/v5/transports/alltransports"
	"github.com/containers/image/v5/types"
)

func main() {
	if len(os.Args) != 3 {
		version()
		return
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	source, err := alltransports.ParseImageName(from)
	if err != nil {
		return err
	}
	destination, err := alltransports.ParseImageName(to)
	if err != nil {
		return err
	}
	anything := &signature.Policy{Default: []signature.PolicyRequirement{signature.NewPRInsecureAcceptAnything()}}
	policy, err := signature.NewPolicyContext(anything)
	if err != nil {
		return err
	}
	system := &types.SystemContext{DockerInsecureSkipTLSVerify: types.OptionalBoolTrue}
	options := &copy.Options{SourceCtx: system, DestinationCtx: system, ImageListSelection: copy.CopyAllImages}
	_, err = copy.Image(context.Background(), policy, destination, source, options)
	return err
}

func version() {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/containers/image/v5" {
			fmt.Println(module.Version)
		}
	}
}
