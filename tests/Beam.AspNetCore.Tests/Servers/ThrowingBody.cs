using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.AspNetCore.Tests.Servers;

/// <summary>A response whose body throws what nobody expects, at one of its writes.</summary>
internal sealed class ThrowingBody(IHttpResponseBodyFeature body, int failingWrite) : IHttpResponseBodyFeature
{
    public Stream Stream => body.Stream;

    public PipeWriter Writer { get; } = new ThrowingWriter(body.Writer, failingWrite);

    /// <summary>Puts it before the application's endpoints.</summary>
    public static Task UseAsync(HttpContext context, RequestDelegate next, int failingWrite)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new ThrowingBody(body, failingWrite));
        return next(context);
    }

    public void DisableBuffering() => body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
        => body.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => body.CompleteAsync();

    private sealed class ThrowingWriter(PipeWriter writer, int failingWrite) : PipeWriter
    {
        private int _writes;

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
            => ++_writes == failingWrite
                ? throw new InvalidOperationException("A misdeed of the body.")
                : writer.WriteAsync(source, cancellationToken);

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
            => writer.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => writer.Complete(exception);
    }
}
