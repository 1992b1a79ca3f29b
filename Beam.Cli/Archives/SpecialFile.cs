using System.Runtime.InteropServices;

namespace Beam.Cli.Archives;

/// <summary>Tells pipes, sockets and devices from files. .NET does not, and opening a pipe to find out would wait for a writer.</summary>
internal static partial class SpecialFile
{
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const uint TypeOnly = 1;

    // Of the stat family, only statx(2) has the same structure on every processor.
    private const int StructBytes = 256;
    private const int ModeOffset = 28;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularFile = 0x8000;

    /// <summary>
    /// Whether something that is neither a folder nor a link is also not a regular file. Only Linux tells; elsewhere everything counts as
    /// regular.
    /// </summary>
    public static bool Is(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<byte> status = stackalloc byte[StructBytes];
        return Statx(CurrentFolder, path, DoNotFollow, TypeOnly, status) == 0
            && (BitConverter.ToUInt16(status[ModeOffset..]) & TypeMask) != RegularFile;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> status);
}
