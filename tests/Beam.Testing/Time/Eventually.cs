namespace Beam.Testing;

/// <summary>Waits for a condition that nothing signals. A task to await is always better.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a test waits before it gives up: far longer than anything takes on a busy machine.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Returns as soon as <paramref name="condition"/> holds; throws <see cref="TimeoutException"/> after <see cref="Limit"/>.
    /// </summary>
    public static Task TrueAsync(Func<bool> condition, string because, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return TrueAsync(() => Task.FromResult(condition()), because, limit);
    }

    /// <inheritdoc cref="TrueAsync(Func{bool}, string, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, string because, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        var end = limit ?? Limit;
        while (!await condition())
        {
            if (clock.GetElapsedTime(started) > end)
            {
                throw new TimeoutException($"Still not true after {end.TotalSeconds:0.#} s: {because}");
            }

            await Task.Delay(Interval, clock);
        }
    }
}
