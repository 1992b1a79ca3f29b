namespace Beam.Testing;

/// <summary>A folder feed with packages of this repository, packed from what was built together with the tests.</summary>
public sealed class PackageFeed : IDisposable
{
    private readonly TempFolder _folder = new();

    private PackageFeed()
    {
    }

    /// <summary>The version of the packages.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Packs projects, the last of which is the one that others ask for.</summary>
    public static async Task<PackageFeed> PackAsync(params string[] projects)
    {
        var feed = new PackageFeed();
        try
        {
            foreach (var project in projects)
            {
                await Dotnet.RunAsync(
                    Repository.Root, "pack", project, "--no-build", "-c", BuildOutput.Configuration, "-o", feed._folder["feed"]);
            }

            var package = Path.GetFileNameWithoutExtension(Directory.GetFiles(feed._folder["feed"], projects[^1] + ".*.nupkg").Single());
            feed.Version = package[(projects[^1].Length + 1)..];
            return feed;
        }
        catch
        {
            feed.Dispose();
            throw;
        }
    }

    /// <summary>The package's file.</summary>
    public string PackageOf(string id) => _folder[$"feed/{id}.{Version}.nupkg"];

    /// <summary>
    /// Has projects in a folder use this feed beside those of the machine. What is packed here stays out of the machine's cache;
    /// everything else comes from there.
    /// </summary>
    public void WriteConfig(string folder)
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(cache);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "NuGet.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed-here" value="{_folder["feed"]}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="cache" value="{cache}" />
              </fallbackPackageFolders>
              <config>
                <add key="globalPackagesFolder" value="{_folder["packages"]}" />
              </config>
            </configuration>
            """);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
