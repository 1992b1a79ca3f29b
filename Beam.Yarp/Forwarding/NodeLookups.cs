using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Forwarding;

namespace Beam.Yarp.Forwarding;

/// <summary>
/// Bounds what tokens with invented nodes cost, where an address is made of a node's name. The first request for a node tries out whether
/// it is there. Few names are tried at a time, and for a while nobody tries again a name at which there was nobody.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="connect">Connects to a node.</param>
/// <param name="connectTimeout">How long that may take.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class NodeLookups(
    Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> connect,
    TimeSpan connectTimeout,
    TimeProvider timeProvider)
{
    /// <summary>How many names are tried at a time.</summary>
    public const int MostAtATime = 16;

    /// <summary>How many names are remembered of each kind. When there are more, all are tried again.</summary>
    public const int MostRemembered = 1000;

    private static readonly TimeSpan AbsenceTime = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _absentSince = new(StringComparer.Ordinal);
    private int _running;

    /// <summary>Finds out whether there is a node.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="address">The address that was made of the name.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns><see langword="null"/> when there is; otherwise what to tell the client.</returns>
    public async ValueTask<NodeError?> FindAsync(string node, Uri address, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_known.Contains(node))
            {
                return null;
            }

            if (_absentSince.TryGetValue(node, out var since) && timeProvider.GetElapsedTime(since) < AbsenceTime)
            {
                return NodeError.Unreachable;
            }

            if (_running == MostAtATime)
            {
                return NodeError.TooManyLookups;
            }

            _running++;
        }

        NodeError? error = NodeError.NoConnection;
        try
        {
            error = await TryAsync(address, cancellationToken);
        }
        finally
        {
            Note(node, error);
        }

        return error;
    }

    /// <summary>Makes room for one more.</summary>
    private static void Thin<T>(ICollection<T> names)
    {
        if (names.Count >= MostRemembered)
        {
            names.Clear();
        }
    }

    private async Task<NodeError?> TryAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(connectTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var connection = await connect(new DnsEndPoint(address.IdnHost, address.Port), either.Token);
            return null;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return NodeConnections.IsLacking(exception) ? NodeError.NoConnection : NodeError.Unreachable;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NodeError.Unreachable;
        }
        catch (OperationCanceledException)
        {
            // The client is gone, and nobody is left to tell.
            return NodeError.NoConnection;
        }
    }

    private void Note(string node, NodeError? error)
    {
        lock (_lock)
        {
            _running--;
            if (error is null)
            {
                Thin(_known);
                _known.Add(node);
            }
            else if (error == NodeError.Unreachable)
            {
                Thin(_absentSince);
                _absentSince[node] = timeProvider.GetTimestamp();
            }
        }
    }
}
