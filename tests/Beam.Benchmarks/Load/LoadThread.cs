namespace Beam.Benchmarks.Load;

/// <summary>Runs blocking clients on threads of their own.</summary>
internal static class LoadThread
{
    private const int StackBytes = 256 * 1024;

    public static Task<T> Run<T>(Func<T> client)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Complete(result, client), StackBytes) { IsBackground = true };
        thread.Start();
        return result.Task;
    }

    /// <summary>Waits for all of them.</summary>
    /// <exception cref="AggregateException">At least one has failed.</exception>
    public static T[] WaitAll<T>(IEnumerable<Task<T>> clients) => Task.WhenAll(clients).Result;

    private static void Complete<T>(TaskCompletionSource<T> result, Func<T> client)
    {
        try
        {
            result.SetResult(client());
        }
        catch (Exception exception)
        {
            result.SetException(exception);
        }
    }
}
