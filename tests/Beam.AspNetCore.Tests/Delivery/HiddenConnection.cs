using System.IO.Pipelines;
using Beam.AspNetCore.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>
/// A request as a server other than Kestrel has it: nothing is known of the connection. Its response may refuse a write.
/// </summary>
internal sealed class HiddenConnection(IFeatureCollection features, int? refusedWrite) : IHttpResponseBodyFeature
{
    private readonly IHttpResponseBodyFeature _body = features.GetRequiredFeature<IHttpResponseBodyFeature>();

    public Stream Stream => Writer.AsStream(leaveOpen: true);

    public PipeWriter Writer { get; } = new RefusingWriter(features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer, refusedWrite);

    /// <summary>Has the rest of the application see such a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The rest of the application.</param>
    /// <param name="refusedWrite">The write to the response that throws; <see langword="null"/> for none.</param>
    public static Task RunAsync(HttpContext context, RequestDelegate next, int? refusedWrite)
    {
        var features = new FeatureCollection();
        foreach (var (type, feature) in context.Features)
        {
            if (type != typeof(ClientConnection))
            {
                features[type] = feature;
            }
        }

        features.Set<IHttpResponseBodyFeature>(new HiddenConnection(context.Features, refusedWrite));
        return next(new DefaultHttpContext(features));
    }

    public void DisableBuffering() => _body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => _body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
        => _body.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => _body.CompleteAsync();

    private sealed class RefusingWriter(PipeWriter writer, int? refusedWrite) : PipeWriter
    {
        private int _writes;

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
            => _writes++ == refusedWrite ? throw new IOException("The client has left.") : writer.WriteAsync(source, cancellationToken);

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
            => writer.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => writer.Complete(exception);
    }
}
