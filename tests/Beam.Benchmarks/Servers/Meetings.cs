using System.Collections.Concurrent;

namespace Beam.Benchmarks.Servers;

/// <summary>Where the two sides of a baseline relay find each other by path, whichever comes first.</summary>
internal sealed class Meetings<T>
    where T : new()
{
    private readonly ConcurrentDictionary<string, T> _open = new();

    public T Join(string path) => _open.GetOrAdd(path, static _ => new T());

    public void End(string path) => _open.TryRemove(path, out _);
}
