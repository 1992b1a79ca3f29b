namespace Beam.Testing;

/// <summary>Waits for what should come at once, with a limit far beyond that, so that a hang fails one test instead of all.</summary>
public static class WaitExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits for <paramref name="task"/>; throws <see cref="TimeoutException"/> when it does not end.</summary>
    public static Task Soon(this Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.WaitAsync(Limit, TimeProvider.System);
    }

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.WaitAsync(Limit, TimeProvider.System);
    }

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task Soon(this ValueTask task) => task.AsTask().Soon();

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().Soon();
}
