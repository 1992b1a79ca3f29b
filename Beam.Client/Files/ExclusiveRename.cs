using System.Runtime.InteropServices;

namespace Beam.Client;

/// <summary>
/// Gives a file another name unless something has that name. On Unix, .NET looks first and renames then, and in between somebody's new
/// file could be replaced.
/// </summary>
internal static partial class ExclusiveRename
{
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;
    private const uint Exclusive = 4;
    private const int Exists = 17;

    /// <summary>Renames a file.</summary>
    /// <exception cref="IOException">Something has that name, or the file cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Move(string from, string to)
    {
        switch (TryRename(from, to))
        {
            case 0:
                return;

            case Exists:
                throw new IOException($"{to} already exists.");

            default:
                // The runtime has better words for a failure. Some file systems cannot rename without replacing: there, it looks first.
                File.Move(from, to, overwrite: false);
                return;
        }
    }

    private static int TryRename(string from, string to)
    {
        try
        {
            return OperatingSystem.IsLinux() && RenameOnLinux(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0 ? 0
                : OperatingSystem.IsMacOS() && RenameOnMac(from, to, Exclusive) == 0 ? 0
                : OperatingSystem.IsWindows() ? -1
                : Marshal.GetLastPInvokeError();
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return -1;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnLinux(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnMac(string from, string to, uint flags);
}
