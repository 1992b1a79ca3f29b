using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Beam.Client;

/// <summary>
/// What a later run needs to know to go on with a partial file: which file it is, and the digest of what was in it at some points. It lies
/// in the user's own folder, where nobody else can write, and proves what lies beside the target, where others may be able to.
/// </summary>
/// <remarks>
/// One file per link and target, so that no other link finds it. It contains no token. It is locked while a run has it. A point proves
/// itself by its digest, so it does not matter which points reached the disk, or whether the last is torn: the last that matches counts.
/// </remarks>
internal sealed class ReceiveJournal : IDisposable
{
    private const string Extension = ".receiving";

    // Points are overwritten in turn, so that a journal stays short whatever the length of the file is.
    private const int RecentPoints = 64;
    private const int FlushedPoints = 2;
    private const int PointBytes = 19 + 1 + 64 + 1;

    // No token lives that long, so nobody can go on with it.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(7);

    private readonly FileStream _file;
    private readonly string _target;
    private bool _isNameFlushed;
    private long _start;
    private int _recent;
    private int _flushed;

    private ReceiveJournal(FileStream file, string target) => (_file, _target) = (file, target);

    /// <summary>Opens the journal of a link and a target, and makes it if there is none.</summary>
    /// <returns>
    /// The journal; <see langword="null"/> when another run has it, or when nothing can be stored there safely. Then no later run can go
    /// on.
    /// </returns>
    public static ReceiveJournal? TryOpen(string folder, BeamLink link, string target, TimeProvider timeProvider)
    {
        try
        {
            if (!TryCreateFolder(folder))
            {
                return null;
            }

            RemoveOld(folder, timeProvider);
            var file = new FileStream(Path.Combine(folder, NameFor(link, target)), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
            });
            if (FileIdentity.Of(file.SafeFileHandle)?.Identity.IsOwn() ?? true)
            {
                return new ReceiveJournal(file, target);
            }

            // Another user's, who could have it say anything. An administrator may act in the folder of a user.
            file.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads what an earlier run has left.</summary>
    /// <returns>Its first line, and its points, the first point first; <see langword="null"/> when it has left nothing.</returns>
    public (JournalHead Head, IReadOnlyList<JournalPoint> Points)? Read()
    {
        try
        {
            _file.Position = 0;
            using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
            if (reader.ReadLine() is not { } first
                || JsonSerializer.Deserialize(first, JournalJson.Default.JournalHead) is not { Path: { } path } head
                || !PartialName.IsOf(_target, path))
            {
                return null;
            }

            _start = Encoding.UTF8.GetByteCount(first) + 1;
            var points = new List<JournalPoint>();
            while (reader.ReadLine() is { } line)
            {
                if (line.Split(' ') is [var bytes, { Length: 64 } sha256]
                    && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                {
                    points.Add(new JournalPoint(count, sha256));
                }
            }

            return (head, [.. points.OrderBy(static point => point.Bytes)]);
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            return null;
        }
    }

    /// <summary>Begins it anew, for another partial file.</summary>
    public void Begin(JournalHead head)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(head, JournalJson.Default.JournalHead);
        _file.SetLength(0);
        _file.Position = 0;
        _file.Write([.. line, (byte)'\n']);
        (_start, _recent, _flushed) = (_file.Position, 0, 0);

        // The points that follow must find their lines ended.
        for (var slot = 0; slot < FlushedPoints; slot++)
        {
            Write(slot, new JournalPoint(0, new string('0', 64)));
        }
    }

    /// <summary>Notes a point.</summary>
    public void Note(JournalPoint point) => Write(FlushedPoints + (_recent++ % RecentPoints), point);

    /// <summary>Notes a point up to which the partial file has been flushed. It waits for the disk.</summary>
    public void NoteFlushed(JournalPoint point)
    {
        Write(_flushed++ % FlushedPoints, point);
        RandomAccess.FlushToDisk(_file.SafeFileHandle);
        if (!_isNameFlushed)
        {
            FolderNames.Flush(Path.GetDirectoryName(_file.Name)!);
            _isNameFlushed = true;
        }
    }

    /// <summary>Closes and deletes it: there is nothing to go on with.</summary>
    public void Delete()
    {
        Dispose();
        try
        {
            File.Delete(_file.Name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What it is about is there or gone all the same, and a later run finds out.
        }
    }

    public void Dispose() => _file.Dispose();

    private void Write(int slot, JournalPoint point)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{point.Bytes:D19} {point.Sha256}\n");
        RandomAccess.Write(_file.SafeFileHandle, Encoding.ASCII.GetBytes(line), _start + ((long)slot * PointBytes));
    }

    /// <summary>
    /// The same file for the same link, whichever node has made its token. The link is a secret, so the name is a digest.
    /// </summary>
    private static string NameFor(BeamLink link, string target)
    {
        var what = $"{link.BaseAddress.AbsoluteUri}\n{LinkText.WithoutNode(link.Token)}\n{link.Name}\n{target}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 16)) + Extension;
    }

    private static void RemoveOld(string folder, TimeProvider timeProvider)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            if (timeProvider.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > LongestLife)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Creates a folder that other users cannot look into.</summary>
    /// <returns><see langword="false"/> when there is one that others can write to. What it says proves nothing.</returns>
    private static bool TryCreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return true;
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return (File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == UnixFileMode.None;
    }
}
