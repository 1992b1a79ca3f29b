using System.Security.Cryptography;

namespace Beam.Holding;

/// <summary>
/// The key that says which entries the relay has written itself. It lies beside the files, and only the server's user can read it.
/// </summary>
/// <remarks>Thread-safe. Several processes that share a folder find the same key.</remarks>
internal sealed class HeldKey(string folder)
{
    public const string FileName = "entries.beamkey";

    private const int KeyBytes = 32;

    // Another process needs the file for as long as it takes to write 32 bytes.
    private const int Patience = 1_000;

    private readonly string _path = Path.Combine(folder, FileName);
    private readonly Lock _lock = new();
    private byte[]? _key;

    /// <summary>Reads the key if there is one.</summary>
    /// <exception cref="IOException">The key cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The key cannot be read.</exception>
    public void Load() => Find(mayMake: false);

    /// <summary>Makes the mark of <paramref name="bytes"/>, and the key if there is none yet.</summary>
    /// <exception cref="IOException">The disk is full or refuses the key.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the key.</exception>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => HMACSHA256.HashData(Find(mayMake: true)!, bytes);

    /// <summary>Says whether <paramref name="mark"/> is that of <paramref name="bytes"/>; without a key none is.</summary>
    /// <exception cref="IOException">The key cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The key cannot be read.</exception>
    public bool IsSigned(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mark)
        => Find(mayMake: false) is { } key && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, bytes), mark);

    private byte[]? Find(bool mayMake)
    {
        lock (_lock)
        {
            if (_key is null)
            {
                // Without a key all files would count as damaged: only a file that is not there is none.
                using var file = Open(mayMake);
                _key = file is null ? null : Read(file) ?? (mayMake ? Make(file) : null);
            }

            return _key;
        }
    }

    private static byte[]? Read(FileStream file)
    {
        var key = new byte[KeyBytes];

        // A power cut can leave a file with its length and without its content. Anybody could guess that key.
        return file.Length == KeyBytes && file.ReadAtLeast(key, KeyBytes, throwOnEndOfStream: false) == KeyBytes
            && key.AsSpan().ContainsAnyExcept((byte)0)
                ? key
                : null;
    }

    private byte[] Make(FileStream file)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        file.SetLength(0);
        file.Write(key);
        file.Flush(flushToDisk: true);
        FolderFlush.Flush(folder);
        return key;
    }

    /// <summary>
    /// Opens the file, empty if it is new, while nobody else has it open. So the first of several processes makes the key, and the others
    /// read it.
    /// </summary>
    /// <returns><see langword="null"/> when there is none and the caller may not make one.</returns>
    private FileStream? Open(bool mayMake)
    {
        var options = new FileStreamOptions
        {
            Mode = mayMake ? FileMode.OpenOrCreate : FileMode.Open,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (mayMake && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var wait = default(SpinWait);
        while (true)
        {
            try
            {
                return new FileStream(_path, options);
            }
            catch (Exception exception) when (!mayMake && exception is (FileNotFoundException or DirectoryNotFoundException))
            {
                return null;
            }
            catch (IOException) when (File.Exists(_path) && wait.Count < Patience)
            {
                wait.SpinOnce();
            }
        }
    }
}
