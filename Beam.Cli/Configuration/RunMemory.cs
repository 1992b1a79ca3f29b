using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Beam.Cli.Configuration;

/// <summary>Remembers what a run is doing until its result is known. A run that is killed leaves a file that the next run finds.</summary>
/// <typeparam name="T">What is remembered.</typeparam>
/// <param name="folder">Where the files lie.</param>
/// <param name="type">How they are written.</param>
/// <param name="clock">The clock.</param>
internal sealed class RunMemory<T>(string folder, JsonTypeInfo<T> type, TimeProvider clock)
    where T : class
{
    // No token lives longer.
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <summary>Claims something for this run. The claim ends when it is disposed, or with the process.</summary>
    /// <param name="what">What it is: the same text for the same command.</param>
    /// <returns>
    /// The claim; <see langword="null"/> if another living run has it, or if nothing can be stored here. This run then leaves no trace.
    /// </returns>
    public IDisposable? TryClaim(string what)
    {
        try
        {
            PrivateFile.CreateFolder(folder);
            return new FileStream(
                PathOf(what) + ".lock",
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Finds what an earlier run was doing.</summary>
    public T? Find(string what)
    {
        var path = PathOf(what);
        try
        {
            return File.Exists(path) && !IsTooOld(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // Only the chance to resume is lost.
            return null;
        }
    }

    /// <summary>Remembers it.</summary>
    public void Keep(string what, T record) => PrivateFile.Write(PathOf(what), JsonSerializer.SerializeToUtf8Bytes(record, type));

    /// <summary>Forgets it, and everything that is too old to be resumed.</summary>
    public void Forget(string what)
    {
        File.Delete(PathOf(what));
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (IsTooOld(path))
            {
                File.Delete(path);
            }
        }
    }

    private bool IsTooOld(string path) => clock.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > LongestLife;

    private string PathOf(string what)
    {
        // The text may contain a link, which is a secret, so the name of the file is a digest.
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 16);
        return Path.Combine(folder, Convert.ToHexStringLower(digest) + ".json");
    }
}
