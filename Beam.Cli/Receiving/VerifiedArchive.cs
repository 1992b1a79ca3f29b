using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Beam.Cli.Archives;
using Beam.Client;

namespace Beam.Cli.Receiving;

/// <summary>
/// A tar that was received and lies on the disk, where others may have exchanged or changed it since. It is opened once. What comes out of
/// it counts only if all that was read has the digest of what was received.
/// </summary>
internal sealed class VerifiedArchive : IArchive, IDisposable
{
    private readonly BeamReceivedFile _received;
    private readonly string _path;
    private readonly FileStream _file;

    private VerifiedArchive(BeamReceivedFile received, string path, FileStream file)
    {
        _received = received;
        _path = path;
        _file = file;
    }

    /// <inheritdoc/>
    public long Length => _file.Length;

    /// <summary>Opens the file that was received, if a file of its length lies there; a link is not followed.</summary>
    public static VerifiedArchive? TryOpen(BeamReceivedFile received, string path)
    {
        try
        {
            // Opening a pipe would wait for somebody who writes.
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null } || FileStatus.IsSpecial(path))
            {
                return null;
            }

            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (FileStatus.IsAt(file.SafeFileHandle, path) && file.Length == received.Bytes)
            {
                return new VerifiedArchive(received, path, file);
            }

            file.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's, or another process writes to it.
        }

        return null;
    }

    /// <summary>Whether it is what was received, to the last byte. This takes a look at all of it.</summary>
    public async Task<bool> IsWhatWasReceivedAsync(CancellationToken cancellationToken)
    {
        _file.Position = 0;
        var digest = await SHA256.HashDataAsync(_file, cancellationToken);
        _file.Position = 0;
        return IsDigest(digest);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PackedEntry> ReadAsync(
        UnpackLimits limits,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Read once, for the content and for the digest: between two readings somebody could change it.
        _file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var hashed = new HashingStream(_file, hash);
        await foreach (var entry in TarEntries.ReadAsync(hashed, cancellationToken))
        {
            yield return entry;
        }

        if (!IsDigest(hash.GetHashAndReset()))
        {
            throw new ReplacedFileException(_path);
        }
    }

    /// <summary>Deletes it, unless something else lies at its path now.</summary>
    public void Delete()
    {
        if (!FileStatus.IsAt(_file.SafeFileHandle, _path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            // As long as it is open, Windows neither deletes it nor lets others exchange it.
            _file.Dispose();
        }

        File.Delete(_path);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private bool IsDigest(byte[] digest)
        => string.Equals(Convert.ToHexStringLower(digest), _received.Sha256, StringComparison.OrdinalIgnoreCase);
}
