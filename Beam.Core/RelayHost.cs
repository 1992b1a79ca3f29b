using Beam.Accounts;
using Beam.Diagnostics;
using Beam.Holding;
using Beam.Observing;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam;

/// <summary>What a transfer may know of its relay, and the three things that it reports: handed in, finished, forgotten.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RelayHost
{
    private readonly ILogger<Relay> _logger;
    private bool _isDraining;

    public RelayHost(
        IOptions<BeamOptions> options,
        BeamMetrics metrics,
        TransferObservers observers,
        TimeProvider timeProvider,
        ILogger<Relay> logger)
    {
        _logger = logger;
        Options = options.Value;
        Metrics = metrics;
        Observers = observers;
        TimeProvider = timeProvider;
        Outcomes = new OutcomeHistory(Options.MaxRetainedOutcomes);
        Transfers = new TransferRegistry(Options.MaxTransfers);
        Ledger = new HoldingLedger(HoldingShares.Of(Options));
        Tokens = new TokenRegistry(options, metrics, timeProvider) { FurtherMinted = PersistTokensAsync };
    }

    public BeamOptions Options { get; }

    public BeamMetrics Metrics { get; }

    public TransferObservers Observers { get; }

    public TimeProvider TimeProvider { get; }

    public TokenRegistry Tokens { get; }

    public TransferRegistry Transfers { get; }

    public OutcomeHistory Outcomes { get; }

    /// <summary>Gets what all together, each channel and each account hold.</summary>
    public HoldingLedger Ledger { get; }

    /// <summary>Gets a value indicating whether the relay is shutting down and takes nothing new.</summary>
    public bool IsDraining => Volatile.Read(ref _isDraining);

    /// <summary>
    /// Takes nothing new from now on. This is a full fence: if a join does not see it, the caller's next reads see the join.
    /// </summary>
    public void BeginDraining() => Interlocked.Exchange(ref _isDraining, true);

    /// <summary>Ends a transfer that waits while the relay is shutting down: nobody can come for it any more.</summary>
    public void FailIfDraining(Transfer transfer)
    {
        if (IsDraining && transfer.IsWaiting())
        {
            transfer.TryFinish(TransferError.ShuttingDown);
        }
    }

    /// <summary>Turns away, while the relay is shutting down, those that wait: for the other side, or for a seat.</summary>
    public void TurnAwayWaiting(Transfer transfer)
    {
        FailIfDraining(transfer);
        lock (transfer.Channel.Lock)
        {
            // They ask again, and hear that the relay takes nobody any more.
            transfer.SeatChange.Tell();
        }
    }

    /// <summary>A sender has handed its file in.</summary>
    public void HandedIn(Transfer transfer) => RelayLog.TransferHandedIn(_logger, transfer.Id, transfer.Content.BytesReceived);

    /// <summary>A transfer has ended.</summary>
    public void Finished(Transfer transfer, TransferOutcome outcome, RetainedOutcome? retained, EndSteps steps)
    {
        if (retained is not null)
        {
            Outcomes.Add(retained);
        }

        steps.Do(() => Metrics.CountFinished(outcome, transfer.Clock.Wait));
        steps.Do(() => Log(transfer, outcome));
    }

    /// <summary>Logs the steps at the end of a transfer that have thrown.</summary>
    public void Report(Transfer transfer, EndSteps steps)
    {
        foreach (var failure in steps.Failures)
        {
            try
            {
                RelayLog.EndStepFailed(_logger, failure, transfer.Id);
            }
            catch (Exception)
            {
                // The logger itself is broken. Nobody is left to tell.
            }
        }
    }

    /// <summary>A transfer has ended and everybody has left it.</summary>
    public void Forgotten(Transfer transfer) => Transfers.Remove(transfer);

    /// <summary>Writes the tokens of a channel down again, if files were handed in there.</summary>
    public async Task PersistTokensAsync(BeamChannel channel)
    {
        if (!await HandIn.TryPersistTokensAsync(channel).ConfigureAwait(false))
        {
            RelayLog.TokensNotPersisted(_logger, channel.Id);
        }
    }

    private void Log(Transfer transfer, TransferOutcome outcome)
    {
        if (outcome.IsSuccess)
        {
            RelayLog.TransferDelivered(_logger, transfer.Id, outcome.Bytes, outcome.Delivery, outcome.Duration.TotalSeconds);
        }
        else
        {
            RelayLog.TransferFailed(_logger, transfer.Id, outcome.Error, outcome.Bytes, outcome.Duration.TotalSeconds);
        }
    }
}
