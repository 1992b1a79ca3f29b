using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Beam.Client;

/// <summary>Brings the names of a folder to the disk. .NET flushes files only, and only Linux makes a difference.</summary>
internal static partial class FolderNames
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Flushes them, as well as the system can.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            using var handle = Open(folder, CloseOnExec);
            if (!handle.IsInvalid)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }
        catch (Exception exception) when (exception is IOException or DllNotFoundException or EntryPointNotFoundException)
        {
            // Some file systems, mostly of networks, know no flush of a folder. The flush of the file, which came before, must do.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
