using System.IO.Pipelines;
using System.Net;
using Beam.AspNetCore.ProxyProtocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Beam.AspNetCore.Tests.ProxyProtocol;

/// <summary>A connection to the middleware, and what has become of it.</summary>
internal sealed class ProxiedPeer : DefaultConnectionContext, IConnectionLifetimeNotificationFeature
{
    private readonly Pipe _input;
    private readonly CancellationTokenSource _closeRequested = new();

    /// <param name="address">Where it comes from; <see langword="null"/> for a Unix domain socket.</param>
    /// <param name="segmentBytes">How small the pieces are that the middleware reads its bytes in.</param>
    public ProxiedPeer(string? address = "127.0.0.1", int segmentBytes = 4096)
    {
        // As Kestrel's transports with UseBeamDefaults: it stops reading from the socket at 8 KiB.
        _input = new Pipe(new PipeOptions(
            pool: new SegmentPool(segmentBytes),
            minimumSegmentSize: segmentBytes,
            pauseWriterThreshold: 8192,
            resumeWriterThreshold: 4096,
            useSynchronizationContext: false));
        Transport = new Duplex(_input.Reader, new Pipe().Writer);
        RemoteEndPoint = address is null ? new UnixPeer() : new IPEndPoint(IPAddress.Parse(address), 4321);
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
    }

    public CancellationToken ConnectionClosedRequested
    {
        get => _closeRequested.Token;
        set => throw new NotSupportedException();
    }

    public PipeWriter Client => _input.Writer;

    public bool IsRefused { get; private set; }

    public bool IsProxied => Features.Get<ProxiedConnection>() is not null;

    public override void Abort(ConnectionAbortedException abortReason) => IsRefused = true;

    public void RequestClose() => _closeRequested.Cancel();

    public override async ValueTask DisposeAsync()
    {
        _closeRequested.Dispose();
        await base.DisposeAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class UnixPeer : EndPoint;
}
