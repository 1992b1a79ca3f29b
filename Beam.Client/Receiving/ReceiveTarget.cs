using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>Where the bytes of a file go.</summary>
internal abstract class ReceiveTarget : IAsyncDisposable
{
    /// <summary>Finds what an earlier run has left, opens it, and takes its bytes into the digest.</summary>
    /// <param name="name">The name of the file; <see langword="null"/> while it is not known.</param>
    /// <param name="hash">The digest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The transfer that it belongs to, and how many bytes there are; <see langword="null"/> for nothing.</returns>
    public virtual ValueTask<(string Id, long Bytes)?> FindAsync(
        string? name,
        IncrementalHash hash,
        CancellationToken cancellationToken) => default;

    /// <summary>Begins a file, or begins it anew.</summary>
    /// <exception cref="BeamException">It cannot begin anew, already exists, or does not fit.</exception>
    public abstract ValueTask BeginAsync(BeamFile file, CancellationToken cancellationToken);

    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Brings everything to where it survives a crash.</summary>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>Makes what is complete and verified visible.</summary>
    /// <returns>Where it is.</returns>
    public virtual ValueTask<string?> PublishAsync() => default;

    /// <summary>Throws away what turned out to be wrong.</summary>
    public virtual ValueTask DiscardAsync() => default;

    public abstract ValueTask DisposeAsync();
}
