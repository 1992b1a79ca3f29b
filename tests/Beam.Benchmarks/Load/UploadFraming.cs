namespace Beam.Benchmarks.Load;

/// <summary>How an upload says where it ends.</summary>
internal enum UploadFraming
{
    /// <summary>With its length.</summary>
    Length,

    /// <summary>In chunks.</summary>
    Chunked,

    /// <summary>As the one file of a form.</summary>
    Form,
}
