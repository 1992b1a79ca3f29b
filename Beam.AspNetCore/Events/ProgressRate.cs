namespace Beam.AspNetCore.Events;

/// <summary>How fast a number of bytes has been growing in the last seconds.</summary>
internal sealed class ProgressRate(TimeProvider timeProvider)
{
    // Long enough not to jump with every burst, short enough to show that a connection has become slow.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly Queue<(long Timestamp, long Bytes)> _samples = new();

    /// <summary>Takes a sample.</summary>
    /// <returns>Bytes a second; <see langword="null"/> with the first sample.</returns>
    public long? Add(long bytes)
    {
        var now = timeProvider.GetTimestamp();
        while (_samples.Count > 1 && timeProvider.GetElapsedTime(_samples.Peek().Timestamp, now) > Window)
        {
            _samples.Dequeue();
        }

        _samples.Enqueue((now, bytes));
        var (since, before) = _samples.Peek();
        var seconds = timeProvider.GetElapsedTime(since, now).TotalSeconds;
        return seconds > 0 ? (long)(Math.Max(0, bytes - before) / seconds) : null;
    }

    public void Reset() => _samples.Clear();
}
