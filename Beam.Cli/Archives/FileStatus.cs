using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Beam.Cli.Archives;

/// <summary>
/// What Linux tells of a file and .NET does not: whether it is a pipe, a socket or a device, and which file it is, whatever its name.
/// </summary>
internal static partial class FileStatus
{
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const int OfTheHandle = 0x1000;
    private const uint TypeAndInode = 0x101;

    // Of the stat family, only statx(2) has the same structure on every processor.
    private const int StructBytes = 256;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularFile = 0x8000;

    /// <summary>
    /// Whether something that is neither a folder nor a link is also not a regular file. Opening a pipe to find out would wait for a
    /// writer. Only Linux tells; elsewhere everything counts as regular.
    /// </summary>
    public static bool IsSpecial(string path)
    {
        Span<byte> status = stackalloc byte[StructBytes];
        return OperatingSystem.IsLinux() && Statx(CurrentFolder, path, DoNotFollow, TypeAndInode, status) == 0 && !IsRegular(status);
    }

    /// <summary>Whether a path, which is not a link, is that of an open file. Systems that do not tell compare lengths and times.</summary>
    public static bool IsAt(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileInfo(path) is { Exists: true, LinkTarget: null } there
                && there.Length == RandomAccess.GetLength(file)
                && there.LastWriteTimeUtc == File.GetLastWriteTimeUtc(file)
                && there.CreationTimeUtc == File.GetCreationTimeUtc(file);
        }

        Span<byte> byPath = stackalloc byte[StructBytes];
        Span<byte> byHandle = stackalloc byte[StructBytes];
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            return Statx(CurrentFolder, path, DoNotFollow, TypeAndInode, byPath) == 0
                && Statx((int)file.DangerousGetHandle(), "", OfTheHandle, TypeAndInode, byHandle) == 0
                && IsRegular(byPath)
                && byPath.Slice(InodeOffset, sizeof(ulong)).SequenceEqual(byHandle.Slice(InodeOffset, sizeof(ulong)))
                && byPath.Slice(DeviceOffset, sizeof(ulong)).SequenceEqual(byHandle.Slice(DeviceOffset, sizeof(ulong)));
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    private static bool IsRegular(ReadOnlySpan<byte> status)
        => (BitConverter.ToUInt16(status[ModeOffset..]) & TypeMask) == RegularFile;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> status);
}
