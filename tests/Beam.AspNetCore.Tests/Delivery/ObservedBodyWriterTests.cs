using System.IO.Pipelines;
using Beam.AspNetCore.Delivery;

namespace Beam.AspNetCore.Tests.Delivery;

public sealed class ObservedBodyWriterTests
{
    [Fact]
    public void CancelPendingFlush_DoesNothing_WhenTheResponseIsOver()
    {
        var body = new ObservedBodyWriter(new EndedResponseWriter(), connection: null);

        var thrown = Record.Exception(body.CancelPendingFlush);

        Assert.Null(thrown);
    }

    /// <summary>Refuses everything, as the server's writer does after the response.</summary>
    private sealed class EndedResponseWriter : PipeWriter
    {
        public override void Advance(int bytes) => throw Ended();

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw Ended();

        public override Span<byte> GetSpan(int sizeHint = 0) => throw Ended();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw Ended();

        public override void CancelPendingFlush() => throw Ended();

        public override void Complete(Exception? exception = null) => throw Ended();

        private static ObjectDisposedException Ended() => new("HttpResponseStream");
    }
}
