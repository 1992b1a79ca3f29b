using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.AspNetCore.Delivery;

/// <summary>A response whose body is observed, whether it is written through a stream or a pipe.</summary>
/// <param name="body">The server's own.</param>
/// <param name="writer">Observes what is written to it.</param>
internal sealed class ObservedResponseBody(IHttpResponseBodyFeature body, ObservedBodyWriter writer) : IHttpResponseBodyFeature
{
    public Stream Stream { get; } = writer.AsStream(leaveOpen: true);

    public PipeWriter Writer => writer;

    public void DisableBuffering() => body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
        => body.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => body.CompleteAsync();
}
