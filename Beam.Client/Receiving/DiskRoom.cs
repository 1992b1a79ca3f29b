using System.Globalization;

namespace Beam.Client;

/// <summary>
/// Looks whether a disk has room for what comes. A little stays free, because a disk that is full to the last byte hurts everything else
/// on the machine.
/// </summary>
internal static class DiskRoom
{
    private const long MostReservedBytes = 64L * 1024 * 1024;
    private const int ReservedPart = 100;

    // ENOSPC and EDQUOT, as Linux and macOS number them; ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
    private static readonly int[] UnixCodes = [28, 122, 69];
    private static readonly int[] WindowsCodes = [39, 112];

    /// <summary>Looks whether a file fits.</summary>
    /// <exception cref="BeamException">It does not.</exception>
    public static void Check(string folder, long bytes)
    {
        if (Find(folder) is { } room && room.Free - room.Reserve < bytes)
        {
            throw new BeamException(
                BeamError.NoLocalSpace,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The file has {bytes} bytes, and only {Math.Max(0, room.Free - room.Reserve)} are free here."));
        }
    }

    /// <summary>Says whether nothing more should be written there.</summary>
    public static bool IsShort(string folder) => Find(folder) is { } room && room.Free < room.Reserve;

    /// <summary>Says whether a write failed for lack of room.</summary>
    public static bool IsLack(IOException exception)
        => (OperatingSystem.IsWindows() ? WindowsCodes : UnixCodes).Contains(exception.HResult & 0xFFFF);

    private static (long Free, long Reserve)? Find(string folder)
    {
        try
        {
            var disk = new DriveInfo(folder);
            return (disk.AvailableFreeSpace, Math.Min(MostReservedBytes, disk.TotalSize / ReservedPart));
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // A network path, or a system that does not tell its free space.
            return null;
        }
    }
}
