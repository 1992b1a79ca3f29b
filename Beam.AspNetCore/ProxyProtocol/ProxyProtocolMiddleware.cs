using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>
/// Reads the header that known proxies send before everything else, also before TLS. The connection then has the client's address, and
/// <see cref="ProxiedConnection"/> if it is not the proxy's own. Without the header there is no connection.
/// </summary>
internal sealed class ProxyProtocolMiddleware(
    ConnectionDelegate next,
    ProxyProtocolOptions options,
    TimeProvider timeProvider,
    RefusedConnections refused)
{
    private const string Unknown = "it is no known proxy.";
    private const string Invalid = "it did not begin with a valid header.";
    private const string Late = "its header did not come in time.";

    private readonly KnownPeers _known = new(options);

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        if (!_known.Include(connection.RemoteEndPoint))
        {
            if (options.TakesDirectConnections)
            {
                await next(connection);
            }
            else
            {
                Refuse(connection, Unknown);
            }

            return;
        }

        if (await ReadAsync(connection) is not { } header)
        {
            return;
        }

        if (header.IsProxied)
        {
            connection.Features.Set(new ProxiedConnection());
        }

        connection.RemoteEndPoint = header.Client ?? connection.RemoteEndPoint;
        await next(connection);
    }

    /// <summary>Reads the header and no byte more.</summary>
    /// <returns><see langword="null"/> when the connection is refused or has ended.</returns>
    private async Task<ProxyHeader?> ReadAsync(ConnectionContext connection)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var timeout = new CancellationTokenSource(options.HeaderTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(either.Token);
                var reading = Parse(read.Buffer);
                if (reading.State == HeaderState.Whole)
                {
                    input.AdvanceTo(read.Buffer.GetPosition(reading.Length));
                    return reading.Header;
                }

                var isSilent = read.Buffer.IsEmpty;
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (reading.State == HeaderState.Invalid || read.IsCompleted)
                {
                    // A balancer that looks whether the port is open says nothing, and that is no news.
                    Refuse(connection, isSilent ? null : Invalid);
                    return null;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Refuse(connection, timeout.IsCancellationRequested ? Late : null);
        }
        catch (IOException)
        {
            // The peer has left.
        }

        return null;
    }

    private static HeaderReading Parse(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            return ProxyHeaderParser.Parse(buffer.FirstSpan);
        }

        Span<byte> bytes = stackalloc byte[(int)Math.Min(buffer.Length, ProxyHeaderParser.MaxBytes)];
        buffer.Slice(0, bytes.Length).CopyTo(bytes);
        return ProxyHeaderParser.Parse(bytes);
    }

    private void Refuse(ConnectionContext connection, string? reason)
    {
        if (reason is not null)
        {
            refused.Note(connection.RemoteEndPoint, reason);
        }

        connection.Abort(new ConnectionAbortedException("The connection has no PROXY protocol header."));
    }
}
