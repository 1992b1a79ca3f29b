using Beam.Cli.Archives;

namespace Beam.Cli.Receiving;

/// <summary>An archive that the user names: a tar, or a zip, whichever its first bytes are those of.</summary>
internal sealed class LocalArchive(string path) : IArchive, IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <inheritdoc/>
    public long Length => _file.Length;

    /// <inheritdoc/>
    public IAsyncEnumerable<PackedEntry> ReadAsync(UnpackLimits limits, CancellationToken cancellationToken)
        => IsZip() ? ZipEntries.ReadAsync(_file, limits, cancellationToken) : TarEntries.ReadAsync(_file, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private bool IsZip()
    {
        // An entry, the end of a zip without entries, or a mark before the first entry. A tar begins with a name, which may begin with PK.
        Span<byte> start = stackalloc byte[4];
        var count = _file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        _file.Position = 0;
        return start[..count] is [(byte)'P', (byte)'K', 3, 4] or [(byte)'P', (byte)'K', 5, 6] or [(byte)'P', (byte)'K', 7, 8];
    }
}
