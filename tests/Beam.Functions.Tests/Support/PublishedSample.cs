[assembly: AssemblyFixture(typeof(Beam.Functions.Tests.Support.PublishedSample))]

namespace Beam.Functions.Tests.Support;

/// <summary><c>samples/FunctionsHost</c> as <c>dotnet publish</c> leaves it: a folder that the Functions host can start.</summary>
public sealed class PublishedSample : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    /// <summary>The folder. It is shared: a test that changes something takes a copy.</summary>
    public string Folder => _folder["app"];

    /// <summary>Publishes what was built together with these tests.</summary>
    public async ValueTask InitializeAsync()
        => await Dotnet.RunAsync(
            Repository.Root, "publish", "samples/FunctionsHost", "--no-build", "-c", BuildOutput.Configuration, "-o", Folder);

    /// <summary>A copy to change.</summary>
    public string CopyTo(TempFolder destination)
    {
        var copy = destination["app"];
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
