using System.Text;
using Beam.Buffering;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>
/// A small file that the relay writes itself: some JSON and the relay's mark on it. It is written anew in one step, so that a crash leaves
/// the file before or the file after.
/// </summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class SignedFile
{
    private const int MarkBytes = 32;

    // A channel of a million tokens has some 200 MB. More than this is nothing that the relay has written.
    private const int LargestBytes = 512 * 1024 * 1024;

    private readonly HeldDirectory _directory;
    private readonly DiskLease _lease;
    private readonly byte[] _purpose;
    private readonly string _path;
    private readonly string _newPath;
    private bool _isWritten;

    /// <param name="directory">Where it lies.</param>
    /// <param name="lease">Leases what it takes.</param>
    /// <param name="name">What it is called, which its mark vouches for: it is of no use under another name.</param>
    /// <param name="extension">What kind of file it is, which its mark vouches for, too.</param>
    public SignedFile(HeldDirectory directory, DiskLease lease, string name, string extension)
    {
        _directory = directory;
        _lease = lease;
        _purpose = Encoding.UTF8.GetBytes($"beam {extension}\n{name}\n");
        _path = directory.PathOf(name, extension);
        _newPath = directory.PathOf(name, extension + HeldDirectory.NewSuffix);
    }

    /// <summary>Writes the file anew; when this ends, it has reached the disk.</summary>
    /// <exception cref="IOException">
    /// The disk is full or refuses the file, or its budget has no room for one that was not there.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the file.</exception>
    public void Write(byte[] json)
    {
        foreach (var _ in WriteInSteps(json))
        {
        }
    }

    /// <summary>
    /// Does what <see cref="Write(byte[])"/> does. A crash after any step leaves the old file or the new one, and perhaps something that
    /// the next process deletes. After the last step it is the new one.
    /// </summary>
    public IEnumerable<HeldStep> WriteInSteps(byte[] json)
    {
        var length = DiskLease.RoundUp(MarkBytes + json.LongLength);
        if (json.Length > LargestBytes)
        {
            // The next process would not read it.
            throw new IOException("The file is too large.");
        }

        // A later one is written whatever the budget says: what was revoked must stay revoked. The tokens of a channel bound its size.
        if (!_lease.TryReach(length) && !_isWritten)
        {
            throw new IOException("The disk budget has no room for the file.");
        }

        var isNamed = false;
        try
        {
            // 1. The bytes, which nobody sees before all of them have reached the disk.
            using var file = HeldDirectory.Open(_newPath, FileMode.Create);
            Write(file, [.. Sign(json), .. json]);
            yield return HeldStep.Written;
            RandomAccess.FlushToDisk(file);
            yield return HeldStep.Flushed;

            // 2. The name.
            File.Move(_newPath, _path, overwrite: true);
            isNamed = _isWritten = true;
            _lease.Trim(length);
            yield return HeldStep.Named;
            RandomAccess.FlushToDisk(file);
            FolderFlush.Flush(_directory.Path);
            yield return HeldStep.NamesFlushed;
        }
        finally
        {
            if (!isNamed)
            {
                SpillDirectory.TryDelete(_newPath);
            }
        }
    }

    /// <summary>Reads the JSON.</summary>
    /// <returns><see langword="null"/> when there is none, or the relay has not written what is there.</returns>
    /// <exception cref="IOException">The disk refuses the bytes.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the bytes.</exception>
    public byte[]? TryRead()
    {
        if (HeldDirectory.TryOpen(_path) is not { } opened)
        {
            return null;
        }

        using var file = opened;
        var length = RandomAccess.GetLength(file);
        if (length is <= MarkBytes or > MarkBytes + LargestBytes)
        {
            return null;
        }

        var content = new byte[length];
        if (Read(file, content) != length
            || !_directory.Key.IsSigned(ToSign(content.AsSpan(MarkBytes)), content.AsSpan(0, MarkBytes)))
        {
            return null;
        }

        // It may have outgrown the budget, see WriteInSteps.
        _ = _lease.TryReach(DiskLease.RoundUp(length));
        _isWritten = true;
        return content[MarkBytes..];
    }

    /// <summary>Leaves the file to another process.</summary>
    public void Close() => _lease.Trim(0);

    /// <summary>Deletes the file. It may be written anew afterwards.</summary>
    public void Delete()
    {
        _directory.DeleteFile(_path);
        _directory.DeleteFile(_newPath);
        _isWritten = false;
        Close();
    }

    private static void Write(SafeFileHandle file, byte[] content)
    {
        try
        {
            RandomAccess.Write(file, content, fileOffset: 0);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG.
            throw new IOException(exception.Message, exception);
        }
    }

    private static int Read(SafeFileHandle file, byte[] content)
    {
        // A file system may give less at a time than there is: that alone damages no file.
        var total = 0;
        while (RandomAccess.Read(file, content.AsSpan(total), total) is > 0 and var count)
        {
            total += count;
        }

        return total;
    }

    private byte[] Sign(byte[] json) => _directory.Key.Sign(ToSign(json));

    private byte[] ToSign(ReadOnlySpan<byte> json) => [.. _purpose, .. json];
}
