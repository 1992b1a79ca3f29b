namespace Beam.Testing;

/// <summary>A package of npm's in a folder of its own, which goes with it.</summary>
public sealed class NpmPackage : IDisposable
{
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(2);

    private NpmPackage(TempFolder folder, string? obstacle)
    {
        Folder = folder;
        Obstacle = obstacle;
    }

    /// <summary>Gets the folder in which <c>node_modules</c> lies.</summary>
    public TempFolder Folder { get; }

    /// <summary>Gets why it cannot be used; <see langword="null"/> if it can.</summary>
    public string? Obstacle { get; }

    /// <summary>Installs a package.</summary>
    /// <param name="package">Its name and version, as in <c>axe-core@4.10.3</c>.</param>
    public static async Task<NpmPackage> InstallAsync(string package)
    {
        var folder = new TempFolder();
        if (!ClientProcess.IsAvailable("node") || !ClientProcess.IsAvailable("npm"))
        {
            return new NpmPackage(folder, "node or npm is not installed");
        }

        await using var install = ClientProcess.Start(
            "npm",
            ["install", "--no-audit", "--no-fund", "--ignore-scripts", package],
            new ClientProcessOptions { WorkingDirectory = folder.Path });
        try
        {
            return new NpmPackage(folder, await install.WaitAsync(InstallTime) == 0 ? null : $"npm could not install {package}");
        }
        catch (TimeoutException)
        {
            return new NpmPackage(folder, $"npm could not install {package} in time");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Folder.Dispose();
}
