using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Beam.Buffering;

/// <summary>The directory for spilled bytes: readable by its owner only, and empty whenever no transfer is spilled.</summary>
internal sealed class SpillDirectory
{
    private const string Extension = ".beamspill";

    // By default a file over the limit of the process (ulimit -f) ends the process (SIGXFSZ, 25 on every Unix that .NET runs on). With this
    // it is an IOException. Never undone: a signal that is still on its way would end the process after all.
    private static readonly PosixSignalRegistration? FileSizeExceeded =
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)25, static context => context.Cancel = true);

    private readonly string _path;

    /// <summary>Creates the directory if need be and removes what a crash has left in it.</summary>
    /// <exception cref="IOException">The directory cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be created or written.</exception>
    public SpillDirectory(string path)
    {
        GC.KeepAlive(FileSizeExceeded);
        _path = PrivateFolder.Create(path);

        foreach (var leftover in Directory.EnumerateFiles(_path, "*" + Extension))
        {
            TryDelete(leftover);
        }
    }

    /// <summary>Creates a preallocated file that vanishes when its handle is closed, or with the process.</summary>
    /// <exception cref="IOException">The disk is full or refuses the file.</exception>
    public SafeFileHandle CreateFile(long capacityBytes)
    {
        var file = Path.Combine(_path, Path.GetRandomFileName() + Extension);
        var handle = File.OpenHandle(
            file,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.Delete,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            capacityBytes);

        // Without a name nothing is left even after a kill -9. Windows keeps the name until the handle is closed.
        if (!OperatingSystem.IsWindows())
        {
            TryDelete(file);
            try
            {
                // The directory keeps others out, unless it existed with wider rights.
                File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }

        return handle;
    }

    /// <summary>Deletes a file if the system lets us.</summary>
    public static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process may hold a leftover open; the next start tries again.
        }
    }
}
