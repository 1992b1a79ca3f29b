using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Forwarding;

namespace Beam.Yarp.Forwarding;

/// <summary>
/// Bounds what tokens with invented nodes cost, where an address is made of a node's name. The first request for a node tries out whether
/// it is there, and others for it share that attempt. Few names are tried at a time, and for a while nobody tries again a name at which
/// there was nobody.
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
    private readonly Dictionary<string, Attempt> _running = new(StringComparer.Ordinal);

    /// <summary>Finds out whether there is a node.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="address">The address that was made of the name.</param>
    /// <param name="cancellationToken">Ends the wait, and the attempt when nobody else waits for it.</param>
    /// <returns><see langword="null"/> when there is; otherwise what to tell the client.</returns>
    public async ValueTask<NodeError?> FindAsync(string node, Uri address, CancellationToken cancellationToken)
    {
        Attempt? attempt;
        var isNew = false;
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

            if (!_running.TryGetValue(node, out attempt))
            {
                if (_running.Count == MostAtATime)
                {
                    return NodeError.TooManyLookups;
                }

                _running[node] = attempt = new Attempt();
                isNew = true;
            }

            attempt.Waiting++;
        }

        if (isNew)
        {
            _ = RunAsync(node, address, attempt);
        }

        try
        {
            return await attempt.Outcome.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client is gone, and nobody is left to tell.
            return NodeError.NoConnection;
        }
        finally
        {
            Leave(node, attempt);
        }
    }

    /// <summary>Makes room for one more.</summary>
    private static void Thin<T>(ICollection<T> names)
    {
        if (names.Count >= MostRemembered)
        {
            names.Clear();
        }
    }

    private async Task RunAsync(string node, Uri address, Attempt attempt)
    {
        try
        {
            var error = await TryAsync(address, attempt.Ending.Token);
            End(node, attempt, error);
            attempt.Outcome.TrySetResult(error);
        }
        catch (Exception exception)
        {
            End(node, attempt, NodeError.NoConnection);
            attempt.Outcome.TrySetException(exception);
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
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? NodeError.NoConnection : NodeError.Unreachable;
        }
    }

    private void End(string node, Attempt attempt, NodeError? error)
    {
        lock (_lock)
        {
            if (_running.GetValueOrDefault(node) == attempt)
            {
                _running.Remove(node);
            }

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

    /// <summary>Ends an attempt that nobody waits for any more.</summary>
    private void Leave(string node, Attempt attempt)
    {
        lock (_lock)
        {
            if (--attempt.Waiting > 0 || _running.GetValueOrDefault(node) != attempt)
            {
                return;
            }

            _running.Remove(node);
        }

        attempt.Ending.Cancel();
    }

    [SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
    private sealed class Attempt
    {
        public CancellationTokenSource Ending { get; } = new();

        public TaskCompletionSource<NodeError?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Gets or sets how many requests wait for it.</summary>
        public int Waiting { get; set; }
    }
}
