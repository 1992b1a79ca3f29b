namespace Beam.AspNetCore.Delivery;

/// <summary>
/// Ticks for sampling what nothing announces. The first tick comes soon, because most things happen at once. After each sample the wait
/// doubles, up to a bound.
/// </summary>
internal sealed class WideningTimer(TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    private readonly PeriodicTimer _timer = new(Shortest, timeProvider);

    private bool _hasTicked;

    /// <summary>Waits for the next tick. One wait at a time; disposal ends it.</summary>
    public Task NextAsync()
    {
        if (_hasTicked && _timer.Period < Longest)
        {
            var doubled = 2 * _timer.Period;
            _timer.Period = doubled < Longest ? doubled : Longest;
        }

        _hasTicked = true;
        return _timer.WaitForNextTickAsync().AsTask();
    }

    public void Dispose() => _timer.Dispose();
}
