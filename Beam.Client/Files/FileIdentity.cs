using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Beam.Client;

/// <summary>
/// Which file something is, whatever it is called now. .NET does not tell it, and in a folder that others can write to a name proves
/// nothing.
/// </summary>
/// <remarks>
/// The volume is no part of it: its number may change with each mount. The number of a file that was deleted is given to another, so its
/// owner and the time at which it was made count too. Nobody but the system's administrator can make a file that has all three.
/// </remarks>
/// <param name="Number">The file's number on its volume: an inode, or a file index on Windows.</param>
/// <param name="Owner">Its owner; 0 on Windows.</param>
/// <param name="MadeAt">When it was made, in the system's own units; 0 where the file system does not note it.</param>
internal readonly partial record struct FileIdentity(ulong Number, uint Owner, long MadeAt)
{
    private const long SecondUnits = 1_000_000_000;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularFile = 0x8000;

    // Of the stat family, only statx(2) has the same structure on every processor.
    private const int StructBytes = 256;
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const int ThisFile = 0x1000;

    // The type, the links, the owner, the time of change, the inode, the time of birth.
    private const uint Wanted = 0x001 | 0x004 | 0x008 | 0x080 | 0x100 | BirthTime;
    private const uint BirthTime = 0x800;

    /// <summary>Finds out which file an open file is.</summary>
    /// <returns><see langword="null"/> where the system does not tell it, or for something that is no regular file.</returns>
    public static FileStatus? Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StructBytes];
        return OperatingSystem.IsLinux() ? (Statx(file, "", ThisFile, Wanted, status) == 0 ? FromStatx(status) : null)
            : OperatingSystem.IsMacOS() ? ((IsX64 ? FstatX64(file, status) : Fstat(file, status)) == 0 ? FromStat(status) : null)
            : OperatingSystem.IsWindows() && GetFileInformationByHandle(file, status) ? FromInformation(status)
            : null;
    }

    /// <summary>
    /// Says whether this name leads to this file, and not through a link. Windows is not asked: there nobody can move a file that is open
    /// and not shared.
    /// </summary>
    public bool IsAt(string path)
    {
        Span<byte> status = stackalloc byte[StructBytes];
        return OperatingSystem.IsLinux()
            ? Statx(CurrentFolder, path, DoNotFollow, Wanted, status) == 0 && FromStatx(status)?.Identity == this
            : OperatingSystem.IsMacOS()
                ? (IsX64 ? LstatX64(path, status) : Lstat(path, status)) == 0 && FromStat(status)?.Identity == this
                : File.Exists(path);
    }

    /// <summary>Says whether the file belongs to the user that this process acts for, as far as the system tells.</summary>
    public bool IsOwn() => OperatingSystem.IsWindows() || Owner == EffectiveUser();

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private static FileStatus? FromStatx(ReadOnlySpan<byte> status)
    {
        if ((BitConverter.ToUInt16(status[28..]) & TypeMask) != RegularFile)
        {
            return null;
        }

        var madeAt = (ReadUInt32(status, 0) & BirthTime) != 0 ? ReadTime(status, 80) : 0;
        var identity = new FileIdentity(BitConverter.ToUInt64(status[32..]), ReadUInt32(status, 20), madeAt);
        return new FileStatus(identity, ReadUInt32(status, 16) == 1, ReadTime(status, 96));
    }

    // struct stat of macOS with 64-bit inodes.
    private static FileStatus? FromStat(ReadOnlySpan<byte> status)
    {
        if ((BitConverter.ToUInt16(status[4..]) & TypeMask) != RegularFile)
        {
            return null;
        }

        var identity = new FileIdentity(BitConverter.ToUInt64(status[8..]), ReadUInt32(status, 16), ReadTime(status, 80));
        return new FileStatus(identity, BitConverter.ToUInt16(status[6..]) == 1, ReadTime(status, 64));
    }

    // BY_HANDLE_FILE_INFORMATION, which has no time of change.
    private static FileStatus FromInformation(ReadOnlySpan<byte> status)
    {
        var number = ((ulong)ReadUInt32(status, 44) << 32) | ReadUInt32(status, 48);
        var madeAt = ((long)ReadUInt32(status, 8) << 32) | ReadUInt32(status, 4);
        return new FileStatus(new FileIdentity(number, Owner: 0, madeAt), ReadUInt32(status, 40) == 1, ChangedAt: null);
    }

    private static long ReadTime(ReadOnlySpan<byte> status, int offset)
        => unchecked((BitConverter.ToInt64(status[offset..]) * SecondUnits) + ReadUInt32(status, offset + 8));

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

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, Span<byte> information);
}
