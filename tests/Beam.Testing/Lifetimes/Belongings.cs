using System.Collections.Concurrent;

namespace Beam.Testing;

/// <summary>
/// What a test has started and opened. It ends with the test, the newest first, so that a server is asked what it still holds when all its
/// clients have gone. Thread-safe, since transfers that run at the same time add to it.
/// </summary>
public sealed class Belongings : IAsyncDisposable
{
    private readonly ConcurrentStack<IAsyncDisposable> _all = new();

    /// <summary>Adds something, and returns it.</summary>
    public T Add<T>(T owned)
        where T : IAsyncDisposable
    {
        _all.Push(owned);
        return owned;
    }

    /// <summary>Adds something that ends without waiting, and returns it.</summary>
    public T AddDisposable<T>(T owned)
        where T : IDisposable
    {
        _all.Push(new Wrapper(owned));
        return owned;
    }

    /// <summary>Ends everything, even when some of it fails to; then throws all failures.</summary>
    public async ValueTask DisposeAsync()
    {
        var failures = new List<Exception>();
        while (_all.TryPop(out var owned))
        {
            try
            {
                await owned.DisposeAsync();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private sealed class Wrapper(IDisposable disposable) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            disposable.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
