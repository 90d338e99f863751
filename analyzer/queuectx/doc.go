// Package queuectx reports messages and jobs that leave their trace behind.
//
// # What it does
//
// queuectx knows how clients of queues send and receive messages: kafka-go,
// sarama, franz-go, NATS and JetStream, amqp091, watermill, Google Pub/Sub, SQS,
// SNS, asynq, redis streams and river. It asks whether the trace of the span
// that is open travels with what is sent, and whether the span for what is
// received goes on with it.
//
//   - noinject: a message is sent below a span, and nothing puts the span into it.
//   - noextract: the span for a message starts on a context that has nothing of it.
//   - dropped: what Extract returns is dropped, or a carrier is filled and never
//     sent, filled in a copy, or filled when the message has been sent.
//   - kind: a span that does nothing but carry a message over is neither a
//     producer's nor a consumer's.
//   - job: below a producer's span, or to a worker that starts a span anew, a job
//     crosses a channel without a context or a carrier.
//   - reextract: a parent is extracted over the span that the instrumentation of
//     the server has started.
//
// # Why is this bad
//
// A queue cuts a trace in two unless each side does its part: the producer
// writes the context into the message, the consumer reads it and starts from
// there. With one of them missing, what happens after the queue is a trace by
// itself, and nobody who looks at the request that failed finds it. The kind is
// how backends know that time between the two was spent waiting.
//
// # Example
//
//	func (p *producer) send(ctx context.Context, body []byte) error {
//		ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
//		defer span.End()
//		return p.writer.WriteMessages(ctx, kafka.Message{Value: body})
//	}
//
// Use instead:
//
//	func (p *producer) send(ctx context.Context, body []byte) error {
//		ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
//		defer span.End()
//		carrier := propagation.MapCarrier{}
//		otel.GetTextMapPropagator().Inject(ctx, carrier)
//		msg := kafka.Message{Value: body}
//		for key, value := range carrier {
//			msg.Headers = append(msg.Headers, kafka.Header{Key: key, Value: []byte(value)})
//		}
//		return p.writer.WriteMessages(ctx, msg)
//	}
//
// # Trace
//
// noinject, noextract, dropped, job:
//
//	send               |====|
//	work                       |=======|     a trace of its own, from nowhere
//	  leaf                        |==|
//
// Repaired:
//
//	send               |====|
//	  work                     |=======|     below the span that has sent it
//	    leaf                      |==|
//
// kind:
//
//	send               |====|                nothing says that it is a producer
//	  work                     |=======|
//
// Repaired:
//
//	send               |====|                a producer
//	  work                     |=======|     its consumer
//
// reextract:
//
//	caller             |===============|
//	  request            |===========|
//	  leaf                  |====|           hangs beside the server's span
//
// Repaired:
//
//	caller             |===============|
//	  request            |===========|
//	    leaf                |====|
//
// # Fix and its safety
//
// noinject: the context is injected, and the headers are put into the message,
// or each message of a list, in the words of its client. noextract: the headers
// are read into a carrier, and the span starts on what is extracted. kind: the
// option is added. dropped: what Extract returns takes the place of the context
// that it was given, if something after it uses that, and it has no span.
// reextract: the context of the request is used as it is. Consumers that do not
// know the headers ignore them; those of SQS get them only if
// ReceiveMessageInput asks for MessageAttributeNames.
//
// Fixes need the module to use otel already, and a statement of their own
// before the call. There is none for messages without headers (asynq, river,
// redis streams, nats.Publish), whose bodies are for their author to change; for
// several messages that are made in the call itself; for a carrier that is filled
// and never sent, as nobody but its author knows where it should go; and for job,
// whose type would need a field.
//
// # Limits
//
// Only the function that sends is looked at: silent unless it has a span open,
// the message is made there, and nothing else gets hold of it. Any call that
// injects, or reads what identifies a span, is trusted to do its part, and so
// are hooks, interceptors, middleware and instrumentation of the client, as far
// as the package sees them. A message without headers counts only below a
// producer's span. A job may carry anything in a field that holds a context, an
// interface, a function, bytes, or a map by names. A span of the server's kind,
// or with options that are not in view, may be the server's own, whatever is
// extracted for it. Silent in code for tests.
//
// # Configuration
//
// Each category is switched by -queuectx.CATEGORY=false.
package queuectx
