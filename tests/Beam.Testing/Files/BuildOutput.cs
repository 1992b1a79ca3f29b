namespace Beam.Testing;

/// <summary>Where the programs are that were built together with the running tests.</summary>
public static class BuildOutput
{
    private static readonly DirectoryInfo Output = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Debug or Release.</summary>
    public static string Configuration => Output.Parent!.Name;

    /// <summary>The program of a project, by the project's folder, as in <c>samples/ExistingApp</c>.</summary>
    public static string ProgramOf(string folder)
        => Path.Combine(Repository.Root, folder, "bin", Configuration, Output.Name, Path.GetFileName(folder) + ".dll");
}
