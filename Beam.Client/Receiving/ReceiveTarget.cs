using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>Where the bytes of a file go.</summary>
internal abstract class ReceiveTarget : IAsyncDisposable
{
    /// <summary>Finds what an earlier run has left, proves it, and opens it to go on.</summary>
    /// <param name="name">The name of the file; <see langword="null"/> while it is not known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What there is; <see langword="null"/> for nothing.</returns>
    public virtual ValueTask<FoundPart?> FindAsync(string? name, CancellationToken cancellationToken) => default;

    /// <summary>Begins a file, or begins it anew.</summary>
    /// <exception cref="BeamException">It cannot begin anew, already exists, or does not fit.</exception>
    public abstract ValueTask BeginAsync(BeamFile file, CancellationToken cancellationToken);

    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Notes how far the file is, so that a later run can go on there.</summary>
    /// <param name="bytes">How many bytes were written.</param>
    /// <param name="hash">Their digest.</param>
    public virtual ValueTask NoteAsync(long bytes, IncrementalHash hash) => default;

    /// <summary>Brings everything to where it survives a crash.</summary>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>Makes what is complete and verified visible.</summary>
    /// <returns>Where it is.</returns>
    public virtual ValueTask<string?> PublishAsync() => default;

    /// <summary>Throws away what turned out to be wrong.</summary>
    public virtual ValueTask DiscardAsync() => default;

    public abstract ValueTask DisposeAsync();
}
