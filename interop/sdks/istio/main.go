// Reads documents for Istio, as JSON on standard input, by Istio's own types: a field that they do not have is an error.
//
// input = { "apiVersion", "kind": "IstioOperator" / "Telemetry" / "MeshConfig", "spec" } *
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	mesh "istio.io/api/mesh/v1alpha1"
	telemetry "istio.io/api/telemetry/v1alpha1"
)

type document struct {
	Kind string          `json:"kind"`
	Spec json.RawMessage `json:"spec"`
}

func main() {
	decoder := json.NewDecoder(os.Stdin)
	count := 0
	for {
		var one document
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = check(one)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, one.Kind, err)
			os.Exit(1)
		}
		count++
	}
	fmt.Println(count)
}

func check(one document) error {
	switch one.Kind {
	case "IstioOperator":
		var spec struct {
			MeshConfig json.RawMessage `json:"meshConfig"`
		}
		if err := json.Unmarshal(one.Spec, &spec); err != nil {
			return err
		}
		return read(spec.MeshConfig, &mesh.MeshConfig{})
	case "Telemetry":
		return read(one.Spec, &telemetry.Telemetry{})
	default:
		return fmt.Errorf("is not known here")
	}
}

func read(text []byte, into proto.Message) error {
	return protojson.Unmarshal(text, into)
}
