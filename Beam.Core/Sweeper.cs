using Beam.Buffering;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam;

/// <summary>Ends, once a second, what has missed its deadline.</summary>
internal sealed class Sweeper : IDisposable
{
    // Deadlines are seconds to hours; a missed one is noticed at most this much later.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RelayHost _host;
    private readonly NextReceiverJoin _nextReceivers;
    private readonly RelayBudgets _budgets;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _isSweeping;

    public Sweeper(RelayHost host, NextReceiverJoin nextReceivers, RelayBudgets budgets, ILogger logger)
    {
        _host = host;
        _nextReceivers = nextReceivers;
        _budgets = budgets;
        _logger = logger;
        _timer = host.TimeProvider.CreateTimer(static sweeper => ((Sweeper)sweeper!).Sweep(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        if (Interlocked.Exchange(ref _isSweeping, 1) != 0)
        {
            return;
        }

        try
        {
            // While others wait for memory, disk or a file, no transfer keeps what is only nice to have.
            var givesWay = _budgets.Memory.IsShort || _budgets.Disk.IsShort || _budgets.Spills.IsShort || _budgets.Files.IsShort;
            foreach (var transfer in _host.Transfers.All)
            {
                Sweep(transfer, givesWay);
            }

            _nextReceivers.Sweep();
            _host.Tokens.Sweep();
            _host.Outcomes.Sweep(_host.TimeProvider.GetUtcNow());
        }
        catch (Exception exception)
        {
            // A timer callback that throws would end the process.
            Report(exception);
        }
        finally
        {
            Volatile.Write(ref _isSweeping, 0);
        }
    }

    private void Sweep(Transfer transfer, bool givesWay)
    {
        try
        {
            Expiry.Sweep(transfer);
            if (givesWay)
            {
                GivingWay.Sweep(transfer);
            }
        }
        catch (Exception exception)
        {
            // The deadlines of the other transfers still hold.
            Report(exception);
        }
    }

    private void Report(Exception exception)
    {
        try
        {
            RelayLog.SweepFailed(_logger, exception);
        }
        catch (Exception)
        {
            // The logger itself is broken. Nobody is left to tell.
        }
    }
}
