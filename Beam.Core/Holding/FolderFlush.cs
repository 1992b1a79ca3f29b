using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>Brings the names of a folder to the disk. .NET flushes files only.</summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    // Some file systems, mostly of networks, know no flush of a folder.
    private const int NotPossible = 22;

    /// <summary>Flushes a folder. Only Linux needs it: elsewhere, a flush of a file brings its name to the disk too.</summary>
    /// <exception cref="IOException">The disk refuses the names.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            FlushOnLinux(folder);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library of another name. The flush of the file, which came before, is enough for the usual file systems.
        }
    }

    private static void FlushOnLinux(string folder)
    {
        var descriptor = Open(folder, ReadOnly | CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Sync(handle) < 0 && Marshal.GetLastPInvokeError() is not NotPossible and var error)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle folder);
}
