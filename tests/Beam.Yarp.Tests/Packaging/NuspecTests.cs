using System.IO.Compression;
using System.Xml.Linq;

namespace Beam.Yarp.Tests.Packaging;

public sealed class NuspecTests
{
    private static readonly DirectoryInfo Output = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    [Fact]
    public async Task Package_AsksForYarpAndOursAndNothingElse()
    {
        using var folder = new TempFolder();
        await using var pack = ClientProcess.Start(
            "dotnet",
            "pack",
            Path.Combine(Repository.Root, "Beam.Yarp"),
            "--no-build",
            "-c",
            Output.Parent!.Name,
            "-o",
            folder.Path);
        Assert.True(await pack.WaitAsync(TimeSpan.FromMinutes(3)) == 0, pack.Describe());

        var dependencies = Dependencies(Directory.EnumerateFiles(folder.Path, "*.nupkg").Single());
        Assert.Equal(["Beam.AspNetCore", "Yarp.ReverseProxy"], dependencies.Keys.Order(StringComparer.Ordinal));
        Assert.StartsWith(YarpVersion(), dependencies["Yarp.ReverseProxy"], StringComparison.Ordinal);
    }

    // What it was built with, which -p:YarpVersion may have raised.
    private static string YarpVersion()
        => System.Reflection.Assembly.Load("Beam.Yarp")
            .GetReferencedAssemblies()
            .Single(static name => name.Name == "Yarp.ReverseProxy").Version!.ToString(2);

    private static Dictionary<string, string> Dependencies(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        using var nuspec = zip.Entries.Single(static entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Descendants()
            .Where(static element => element.Name.LocalName == "dependency")
            .ToDictionary(
                static element => element.Attribute("id")!.Value,
                static element => element.Attribute("version")!.Value,
                StringComparer.Ordinal);
    }
}
