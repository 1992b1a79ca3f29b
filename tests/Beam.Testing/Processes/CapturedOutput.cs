using System.Buffers;

namespace Beam.Testing;

/// <summary>Reads a child's output as it comes and lets others look at it meanwhile.</summary>
internal sealed class CapturedOutput
{
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private TaskCompletionSource _changed = NewSignal();
    private bool _ended;

    public CapturedOutput(Stream source) => Ended = PumpAsync(source);

    /// <summary>Completes when the child, and every process that inherited its output, has closed it.</summary>
    public Task Ended { get; }

    public byte[] ToArray()
    {
        lock (_lock)
        {
            return _bytes.WrittenSpan.ToArray();
        }
    }

    /// <summary>Waits until the output satisfies a condition; false when it ended or the time ran out without.</summary>
    public async Task<bool> WaitForAsync(Func<byte[], bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            byte[] soFar;
            bool ended;
            Task changed;
            lock (_lock)
            {
                soFar = _bytes.WrittenSpan.ToArray();
                ended = _ended;
                changed = _changed.Task;
            }

            if (condition(soFar))
            {
                return true;
            }

            if (ended)
            {
                return false;
            }

            try
            {
                await changed.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task PumpAsync(Stream source)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await source.ReadAsync(buffer)) > 0)
            {
                Signal(buffer.AsSpan(0, count), ended: false);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process was disposed while something it started held the pipe open.
        }

        Signal([], ended: true);
    }

    private void Signal(ReadOnlySpan<byte> bytes, bool ended)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _bytes.Write(bytes);
            _ended |= ended;
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }
}
