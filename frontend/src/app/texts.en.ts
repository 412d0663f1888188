/** Words of the frame around the pages. */
export const words = {
  nav: {
    name: "Pages of the project",
    home: "Home",
    generations: "Generations",
    checkpoints: "Checkpoints",
    review: "Review",
    quality: "Quality",
    data: "Data",
    people: "People",
    settings: "Settings",
    label: "Label",
  },
};

export type Words = typeof words;
