using System.Runtime.InteropServices;

namespace Beam.Cli;

/// <summary>Ctrl+C, a request to end, or a closed terminal: cancels the command, and gives it a moment to tell the other side.</summary>
internal sealed class Interruption : IDisposable
{
    // A receiver declines the file, which may take five seconds, and then cancels the transfer, which may take three. If the first used up
    // the time of the second, its sender would wait for somebody who does not come back.
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(9);

    // A signal that was ignored from the start, as with nohup, stays ignored.
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption(TimeProvider clock)
    {
        _clock = clock;
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, Interrupt))];
    }

    /// <summary>Gets the token that an interruption cancels.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>
    /// Waits for the command. After an interruption it waits for a moment only, because some things, such as reading a terminal, cannot
    /// be stopped.
    /// </summary>
    public async Task<int> WaitAsync(Task<int> running)
    {
        try
        {
            await running.WaitAsync(Timeout.InfiniteTimeSpan, _clock, Token);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            await Task.WhenAny(running, Task.Delay(FarewellLimit, _clock));
        }

        return running.IsCompleted ? await running : (int)ExitCode.Interrupted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        try
        {
            _ = _source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended at this very moment.
        }
    }
}
