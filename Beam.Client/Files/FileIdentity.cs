using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Beam.Client;

/// <summary>
/// Which file something is, whatever it is called now. .NET does not tell it, and in a folder that others can write to a name proves
/// nothing.
/// </summary>
/// <param name="Device">The volume.</param>
/// <param name="Number">The file's number on it: an inode, or a file index on Windows.</param>
internal readonly partial record struct FileIdentity(ulong Device, ulong Number)
{
    // Of the stat family, only statx(2) has the same structure on every processor.
    private const int StructBytes = 256;
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const int ThisFile = 0x1000;
    private const uint LinksChangeAndNumber = 0x184;

    /// <summary>Finds out which file an open file is.</summary>
    /// <returns>
    /// Its identity; <see langword="null"/> where the system does not tell it. <c>HasOneName</c> says whether no other name leads to it.
    /// <c>ChangedAt</c> is the time of its last change of any kind, which no program can set back, in the system's own units.
    /// </returns>
    public static (FileIdentity? Identity, bool HasOneName, (long, uint)? ChangedAt) Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StructBytes];
        if (OperatingSystem.IsLinux())
        {
            return Statx(file, "", ThisFile, LinksChangeAndNumber, status) == 0 ? FromStatx(status) : (null, true, null);
        }

        if (OperatingSystem.IsMacOS())
        {
            return (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? FstatX64(file, status) : Fstat(file, status)) == 0
                ? FromStat(status)
                : (null, true, null);
        }

        return OperatingSystem.IsWindows() && GetFileInformationByHandle(file, status)
            ? FromInformation(status)
            : (null, true, null);
    }

    /// <summary>
    /// Says whether this name still leads to this file, and not through a link. On Windows nobody can move a file that is open and not
    /// shared.
    /// </summary>
    public bool IsAt(string path)
    {
        Span<byte> status = stackalloc byte[StructBytes];
        if (OperatingSystem.IsLinux())
        {
            return Statx(CurrentFolder, path, DoNotFollow, LinksChangeAndNumber, status) == 0 && FromStatx(status).Identity == this;
        }

        if (OperatingSystem.IsMacOS())
        {
            return (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? LstatX64(path, status) : Lstat(path, status)) == 0
                && FromStat(status).Identity == this;
        }

        return true;
    }

    private static (FileIdentity? Identity, bool HasOneName, (long, uint)? ChangedAt) FromStatx(ReadOnlySpan<byte> status)
    {
        var device = ((ulong)ReadUInt32(status, 136) << 32) | ReadUInt32(status, 140);
        var identity = new FileIdentity(device, BitConverter.ToUInt64(status[32..]));
        return (identity, ReadUInt32(status, 16) == 1, (BitConverter.ToInt64(status[96..]), ReadUInt32(status, 104)));
    }

    // struct stat of macOS with 64-bit inodes.
    private static (FileIdentity? Identity, bool HasOneName, (long, uint)? ChangedAt) FromStat(ReadOnlySpan<byte> status)
    {
        var identity = new FileIdentity(ReadUInt32(status, 0), BitConverter.ToUInt64(status[8..]));
        return (identity, BitConverter.ToUInt16(status[6..]) == 1, (BitConverter.ToInt64(status[64..]), ReadUInt32(status, 72)));
    }

    // BY_HANDLE_FILE_INFORMATION, which has no such time.
    private static (FileIdentity? Identity, bool HasOneName, (long, uint)? ChangedAt) FromInformation(ReadOnlySpan<byte> status)
    {
        var number = ((ulong)ReadUInt32(status, 44) << 32) | ReadUInt32(status, 48);
        return (new FileIdentity(ReadUInt32(status, 28), number), ReadUInt32(status, 40) == 1, null);
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> status, int offset) => BitConverter.ToUInt32(status[offset..]);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fstat")]
    private static partial int Fstat(SafeFileHandle file, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64")]
    private static partial int FstatX64(SafeFileHandle file, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Lstat(string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LstatX64(string path, Span<byte> status);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, Span<byte> information);
}
