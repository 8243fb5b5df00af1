// What a Go service does with AWS's X-Ray SDK: annotations, a call over HTTP, an error, a panic, many steps.
// Prints "KIND TRACE_ID" for each segment it has sent.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/aws/aws-xray-sdk-go/v2/header"
	"github.com/aws/aws-xray-sdk-go/v2/xray"
)

const (
	service        = "go-worker"
	steps          = 150
	rulesWait      = 10 * time.Second
	betweenLooks   = 100 * time.Millisecond
	forLastPackets = 300 * time.Millisecond
)

func main() {
	record("fields", func(ctx context.Context) error {
		return errors.Join(
			xray.AddAnnotation(ctx, "text", "täxt"),
			xray.AddAnnotation(ctx, "number", 2.5),
			xray.AddAnnotation(ctx, "flag", true),
			xray.AddMetadataToNamespace(ctx, "worker", "deep", map[string]any{"list": []any{1, nil, "a"}}),
		)
	})
	record("call", call)
	record("error", func(ctx context.Context) error {
		return xray.Capture(ctx, "outer", func(ctx context.Context) error {
			return xray.Capture(ctx, "inner", func(context.Context) error {
				return errors.New("nothing in stock")
			})
		})
	})
	record("panic", func(ctx context.Context) (err error) {
		defer func() { recover() }()
		return xray.Capture(ctx, "fragile", func(context.Context) error { panic("out of range") })
	})
	record("steps", func(ctx context.Context) error {
		for step := range steps {
			if err := xray.Capture(ctx, fmt.Sprintf("step %d", step), func(context.Context) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	sampled()
	time.Sleep(forLastPackets)
}

// record runs work in a segment that a caller has decided to sample.
func record(kind string, work func(context.Context) error) {
	request := httptest.NewRequest(http.MethodGet, "http://worker/"+kind, nil)
	decided := header.FromString(fmt.Sprintf("Root=%s;Sampled=1", xray.NewTraceID()))
	ctx, segment := xray.NewSegmentFromHeader(context.Background(), service, request, decided)
	segment.Close(work(ctx))
	fmt.Println(kind, segment.TraceID)
}

func call(ctx context.Context) error {
	stock := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("x-seen", r.Header.Get("x-amzn-trace-id"))
		w.WriteHeader(http.StatusNotFound)
	}))
	defer stock.Close()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, stock.URL+"/lamps", nil)
	if err != nil {
		return err
	}
	answer, err := xray.Client(nil).Do(request)
	if err != nil {
		return err
	}
	if answer.Header.Get("x-seen") == "" {
		return errors.New("the call carried no trace header")
	}
	return answer.Body.Close()
}

// sampled leaves the decision to the SDK's sampler until the rules it fetches have come.
func sampled() {
	for end := time.Now().Add(rulesWait); time.Now().Before(end); time.Sleep(betweenLooks) {
		_, segment := xray.BeginSegment(context.Background(), service)
		segment.Close(nil)
		if about, ok := segment.AWS["xray"].(xray.SDK); ok && about.RuleName != "" {
			fmt.Println("sampled", segment.TraceID)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "no rule came")
}
