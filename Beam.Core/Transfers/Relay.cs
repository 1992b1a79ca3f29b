using System.Collections.Concurrent;
using Beam.Buffering;
using Beam.Diagnostics;
using Beam.Observing;
using Beam.Tokens;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.Transfers;

/// <summary>Where senders and receivers meet. One per host; get it from the container.</summary>
/// <remarks>Thread-safe. The container disposes it; transfers that still run then fail.</remarks>
public sealed partial class Relay : IDisposable
{
    // Deadlines are seconds to hours; a missed one is noticed at most this much later.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Transfer> _transfers = new(StringComparer.Ordinal);
    private readonly BeamOptions _options;
    private readonly IChunkBufferFactory _buffers;
    private readonly RelayBudgets _budgets;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<Relay> _logger;
    private readonly OutcomeHistory _outcomes;
    private readonly TransferIds _ids = new();
    private readonly ITimer _sweeper;
    private TaskCompletionSource? _drained;
    private int _count;
    private int _isSweeping;
    private volatile bool _isDraining;

    internal Relay(
        IOptions<BeamOptions> options,
        IChunkBufferFactory buffers,
        RelayBudgets budgets,
        BeamMetrics metrics,
        TransferObservers observers,
        TimeProvider timeProvider,
        ILogger<Relay> logger)
    {
        _options = options.Value;
        _buffers = buffers;
        _budgets = budgets;
        _timeProvider = timeProvider;
        _logger = logger;
        _outcomes = new OutcomeHistory(_options.MaxRetainedOutcomes);
        Metrics = metrics;
        Observers = observers;
        Tokens = new TokenRegistry(options, metrics, timeProvider) { FurtherMinted = PersistTokens };
        metrics.Observe(this, budgets);
        RestoreHeld();
        _sweeper = timeProvider.CreateTimer(static relay => ((Relay)relay!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>Gets the live tokens.</summary>
    public TokenRegistry Tokens { get; }

    /// <summary>Gets how many transfers wait, run or have not been left by both sides yet.</summary>
    public int TransferCount => Volatile.Read(ref _count);

    /// <summary>Gets a value indicating whether the relay is shutting down and takes nothing new.</summary>
    public bool IsDraining => _isDraining;

    internal BeamMetrics Metrics { get; }

    internal int NextReceiverCount => _nextReceivers.Count;

    internal TransferObservers Observers { get; }

    /// <summary>Cancels the transfer called <paramref name="name"/>: both sides are cut.</summary>
    /// <param name="token">
    /// What somebody presented; it needs the right to send, or to have taken a receiver's place: then that receiver's part is cancelled.
    /// </param>
    /// <param name="name">The name within the token's channel.</param>
    /// <returns><see cref="TransferError.None"/>, <see cref="TransferError.NotAllowed"/> or <see cref="TransferError.UnknownName"/>.</returns>
    public TransferError Cancel(Token token, string name)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(name);
        Transfer? transfer;
        lock (token.Channel.Lock)
        {
            token.Channel.Transfers.TryGetValue(name, out transfer);
        }

        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            // Without the right it is not even said which names there are.
            if (transfer?.TryCancelReceivers(token) != true)
            {
                return TransferError.NotAllowed;
            }
        }
        else if (transfer?.TryFinish(TransferError.Cancelled) != true)
        {
            return TransferError.UnknownName;
        }

        Log.TransferCancelled(_logger, transfer.Id, token.Id);
        return TransferError.None;
    }

    /// <summary>Cancels a transfer by its short id, for people who run the relay: both sides are cut.</summary>
    /// <param name="id">The id, as in <see cref="TransferSnapshot.Id"/>.</param>
    /// <returns><see langword="false"/> when no transfer of that id waits or runs.</returns>
    public bool Cancel(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!_transfers.TryGetValue(id, out var transfer) || !transfer.TryFinish(TransferError.Cancelled))
        {
            return false;
        }

        Log.TransferCut(_logger, id);
        return true;
    }

    /// <summary>Revokes <paramref name="token"/> and all that were made from it, and cuts the transfers that any of them began.</summary>
    /// <param name="token">The token.</param>
    public void Revoke(Token token)
    {
        ArgumentNullException.ThrowIfNull(token);
        Tokens.Revoke(token);
        Log.TokenRevoked(_logger, token.Id);
        foreach (var (_, transfer) in _transfers)
        {
            transfer.EndToken(token);
        }

        foreach (var (next, _) in _nextReceivers)
        {
            if (next.Token.IsOrDescendsFrom(token))
            {
                Withdraw(next, TransferError.TokenEnded);
            }
        }

        // Or it would be alive again after a restart, with the files that others have handed in.
        PersistTokens(token.Channel);
    }

    /// <summary>Takes nothing new from now on, cuts what still waits for its other side, and lets the rest run.</summary>
    /// <returns>A task that ends when the last transfer has ended and both its sides have left.</returns>
    public Task DrainAsync()
    {
        // The flag comes first: the exchange behind it keeps what is read below from being older than what the last to leave has seen.
        _isDraining = true;
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        drained = Interlocked.CompareExchange(ref _drained, drained, comparand: null) ?? drained;
        foreach (var (_, transfer) in _transfers)
        {
            FailIfDraining(transfer);
            transfer.TurnAwayWaiting();
        }

        WithdrawAll(TransferError.ShuttingDown);
        SignalIfDrained();
        return drained.Task;
    }

    /// <summary>Fails every transfer that has not ended, so that both sides see it.</summary>
    public void CutAll()
    {
        foreach (var (_, transfer) in _transfers)
        {
            transfer.TryFinish(TransferError.ShuttingDown);
        }

        WithdrawAll(TransferError.ShuttingDown);
    }

    /// <summary>Describes what the relay holds now.</summary>
    /// <returns>A snapshot.</returns>
    public RelaySnapshot GetSnapshot() => new(
        [.. _transfers.Select(static pair => pair.Value.GetSnapshot())],
        [.. Tokens.All.Select(static token => new TokenSnapshot(token.Id, token.Rights, token.ExpiresAt, token.UsesLeft))],
        _budgets.Memory.UsedBytes,
        _budgets.Memory.LimitBytes,
        _budgets.Disk.UsedBytes,
        _budgets.Disk.LimitBytes,
        _isDraining);

    /// <summary>Fails what still runs and stops watching deadlines.</summary>
    public void Dispose()
    {
        _isDraining = true;
        CutAll();
        _sweeper.Dispose();
    }

    /// <summary>Counts the transfers that wait for a side, and those that do not.</summary>
    internal (int Waiting, int Running) CountTransfers()
    {
        var waiting = _transfers.Count(static pair => pair.Value.IsWaiting());
        return (waiting, Math.Max(0, TransferCount - waiting));
    }

    internal void OnFinished(Transfer transfer, TransferOutcome outcome, RetainedOutcome? retained)
    {
        if (retained is not null)
        {
            _outcomes.Add(retained);
        }

        Metrics.CountFinished(outcome, transfer.Wait);
        if (outcome.IsSuccess)
        {
            Log.TransferDelivered(_logger, transfer.Id, outcome.Bytes, outcome.Delivery, outcome.Duration.TotalSeconds);
        }
        else
        {
            Log.TransferFailed(_logger, transfer.Id, outcome.Error, outcome.Bytes, outcome.Duration.TotalSeconds);
        }
    }

    internal void Forget(Transfer transfer)
    {
        if (_transfers.TryRemove(new(transfer.Id, transfer)))
        {
            Uncount();
        }
    }

    private void FailIfDraining(Transfer transfer)
    {
        if (_isDraining && transfer.IsWaiting())
        {
            transfer.TryFinish(TransferError.ShuttingDown);
        }
    }

    private void Uncount()
    {
        Interlocked.Decrement(ref _count);
        SignalIfDrained();
    }

    private void SignalIfDrained()
    {
        if (_isDraining && TransferCount == 0)
        {
            Volatile.Read(ref _drained)?.TrySetResult();
        }
    }

    private void Sweep()
    {
        if (Interlocked.Exchange(ref _isSweeping, 1) != 0)
        {
            return;
        }

        try
        {
            foreach (var (_, transfer) in _transfers)
            {
                Sweep(transfer);
            }

            SweepNextReceivers();
            Tokens.Sweep();
            _outcomes.Sweep(_timeProvider.GetUtcNow());
        }
        catch (Exception exception)
        {
            // A timer callback that throws would end the process.
            Log.SweepFailed(_logger, exception);
        }
        finally
        {
            Volatile.Write(ref _isSweeping, 0);
        }
    }

    private void Sweep(Transfer transfer)
    {
        try
        {
            transfer.Sweep();
        }
        catch (Exception exception)
        {
            // The deadlines of the others hold all the same.
            Log.SweepFailed(_logger, exception);
        }
    }
}
